-- The same key again with another content, in the order of the file; told apart by its hash first, which is smaller.
WITH twice AS (
    SELECT file_id, hashtextextended(key, 0) AS hash, min(line) AS first FROM takeover_stagedrow
    WHERE file_id IN (SELECT id FROM staged_files) AND fields <> '{}'
    GROUP BY file_id, hashtextextended(key, 0) HAVING count(*) > 1
)
SELECT row.file_id, row.line, jsonb_build_object('key', replace(row.key, '|', ' '), 'first', first.line)
FROM takeover_stagedrow row JOIN twice ON twice.file_id = row.file_id AND twice.hash = hashtextextended(row.key, 0)
JOIN takeover_stagedrow first ON first.file_id = twice.file_id AND first.line = twice.first AND first.key = row.key
WHERE row.line > twice.first AND row.digest <> first.digest
