"""A problem someone experiences, worked through Kirunamodellen."""
