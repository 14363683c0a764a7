"""The lively demo: its texts (TOML and CSV, see README.md) and what turns them into a true history."""
