"""The search rows in a narrow table, and the one way to ask them.

PostgreSQL's planner does not know that a vector lies out of line and must be fetched and unpacked before it can be asked, so it walks
rows where the index of words would answer at once. `contributions_with_words` may not walk: it asks the index, and gives the newest ids.
"""

from django.db import migrations

_NARROW = """
ALTER TABLE contributions_searchrow ALTER COLUMN vector SET STORAGE EXTERNAL;
ALTER TABLE contributions_searchrow SET (toast_tuple_target = 128);
CREATE TEMPORARY TABLE kept ON COMMIT DROP AS SELECT * FROM contributions_searchrow;
TRUNCATE contributions_searchrow;
INSERT INTO contributions_searchrow SELECT contribution_id, title, body, (vector || ''::tsvector) FROM kept ORDER BY contribution_id;
DROP TABLE kept;
"""
_WIDE = """
ALTER TABLE contributions_searchrow RESET (toast_tuple_target);
ALTER TABLE contributions_searchrow ALTER COLUMN vector SET STORAGE EXTENDED;
"""
_FUNCTION = """
CREATE FUNCTION contributions_with_words(wanted tsquery, most bigint) RETURNS SETOF bigint
LANGUAGE sql STABLE PARALLEL SAFE COST 1000 ROWS 1000
SET enable_seqscan = off SET enable_indexscan = off SET enable_indexonlyscan = off SET jit = off
AS $$ SELECT contribution_id FROM contributions_searchrow WHERE vector @@ wanted ORDER BY contribution_id DESC LIMIT most $$
"""


class Migration(migrations.Migration):
    dependencies = (("contributions", "0005_comment_in_confidence"),)

    operations = (
        migrations.RunSQL(_NARROW, _WIDE),
        migrations.RunSQL(_FUNCTION, "DROP FUNCTION contributions_with_words(tsquery, bigint)"),
    )
