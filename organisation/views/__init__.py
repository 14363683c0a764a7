"""The administrators' pages, and each person's own settings."""
