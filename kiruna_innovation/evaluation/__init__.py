"""How well similar contributions and the search find what an employee means. `manage.py evaluate_search` asks.

The pairs stand in a file per kind. Every other pair, from the first on, may be looked at while the search is made better; the rest are
held out: nobody looks at which of them fail. Both halves are measured and shown.
"""
