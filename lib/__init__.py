"""Pure helpers that know no other app."""
