"""Files from outside: taken in within bounds, judged by what they hold, and made harmless."""
