"""Who works where, with what right: organisations, departments, people, roles."""
