"""What loading begins with: what an earlier load put aside is looked at again, and what vanished since is named."""

import json

from fanal.records.takeover import examination, faults
from fanal.records.takeover.kinds import KINDS
from fanal.records.takeover.loading.steps import FOLLOWED, Load

KEYS_SHOWN = 12
UNDECIDED = """
DELETE FROM takeover_flaw flaw USING takeover_exportfile file WHERE file.id = flaw.file_id
    AND file.export_id = %(export)s AND flaw.code = ANY(%(codes)s) AND flaw.standing IN ('ASIDE', 'NOTED')
    AND flaw.decision_id IS NULL AND flaw.rule_id IS NULL
"""
# A flaw of the whole file, else of the first one where the export has no file of that kind any more.
VANISHED = f"""
INSERT INTO takeover_flaw (file_id, line, code, verdict, standing, evidence)
SELECT (SELECT file.id FROM takeover_exportfile file WHERE file.export_id = %(export)s
        ORDER BY file.kind <> gone.kind, file.id LIMIT 1), 0, %(code)s, 'NOTED', 'NOTED',
    jsonb_build_object('of', %(titles)s::jsonb -> gone.kind, 'count', count(*),
        'keys', string_agg(replace(gone.key, '|', ' '), ', ' ORDER BY gone.key) FILTER (WHERE gone.nth <= {KEYS_SHOWN}))
FROM (
    SELECT known.kind, known.key, row_number() OVER (PARTITION BY known.kind ORDER BY known.key) AS nth
    FROM takeover_known known WHERE NOT EXISTS (SELECT FROM takeover_stagedrow row JOIN takeover_exportfile file
        ON file.id = row.file_id AND file.export_id = %(export)s
        WHERE file.kind = known.kind AND row.key = known.key)
) gone WHERE NOT EXISTS ({FOLLOWED}) GROUP BY gone.kind
"""


def look_again(load: Load) -> None:
    """Oublier ce qu’un chargement a trouvé et que personne n’a décidé: this one finds it again, or it is mended."""
    elsewhere = {*examination.ASKED, *examination.CONTACT_CODES, *examination.READ_CODES, examination.FAR_DAY,
                 "MERGED_CUSTOMER"}  # fmt: skip
    load.run(UNDECIDED, codes=[it for it in faults.known() if it not in elsewhere])
    load.run(VANISHED, code="VANISHED_ROWS", titles=_titles())


def _titles() -> str:
    return json.dumps({kind: it.title for kind, it in KINDS.items()}, ensure_ascii=False)
