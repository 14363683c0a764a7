"""Proposals: guided sharing, the idea's way, converting between idea and challenge."""
