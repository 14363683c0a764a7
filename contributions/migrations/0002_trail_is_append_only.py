"""The trail is append-only: the database refuses to change or delete a line, unless words are being masked in this transaction."""

from django.db import migrations

FORWARD = """
CREATE FUNCTION contributions_trail_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND current_setting('kiruna.masking', true) = 'on' THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'The trail is append-only.' USING ERRCODE = 'integrity_constraint_violation';
END
$$;
CREATE TRIGGER trail_is_append_only BEFORE UPDATE OR DELETE ON contributions_trailentry
FOR EACH ROW EXECUTE FUNCTION contributions_trail_is_append_only();
"""
BACKWARD = """
DROP TRIGGER trail_is_append_only ON contributions_trailentry;
DROP FUNCTION contributions_trail_is_append_only();
"""


class Migration(migrations.Migration):
    dependencies = [("contributions", "0001_initial")]

    operations = [migrations.RunSQL(sql=FORWARD, reverse_sql=BACKWARD)]
