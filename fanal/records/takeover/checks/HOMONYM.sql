-- One sign alone agrees: chance does that between people of one name, so they stay two.
SELECT DISTINCT ON (file_id, line) file_id, line, jsonb_build_object('other', other, 'name', other_name,
    'signs', array_remove(ARRAY[CASE WHEN same_email THEN 'email' END, CASE WHEN same_phone THEN 'phone' END,
        CASE WHEN same_address THEN 'address' END], NULL))
FROM staged_alike
WHERE same_name AND NOT same_business AND same_email::int + same_phone::int + same_address::int = 1
ORDER BY file_id, line, other
