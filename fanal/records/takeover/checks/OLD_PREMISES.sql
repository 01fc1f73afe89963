-- An owner declared for a number that no premises bears now.
SELECT file_id, line, jsonb_build_object('premises', premises, 'customer', customer, 'others', (
    SELECT string_agg(other.premises, ', ' ORDER BY other.premises) FROM staged_owners other
    WHERE other.customer = staged_owners.customer AND other.line <> staged_owners.line))
FROM staged_owners WHERE NOT EXISTS (SELECT FROM staged_premises WHERE number = premises)
