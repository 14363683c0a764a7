"""People meeting across the border: directory, a person's page, a department's page."""
