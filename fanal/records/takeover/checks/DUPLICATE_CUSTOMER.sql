-- Two signs agree, or the same address of e-mail under two spellings of one name.
SELECT DISTINCT ON (file_id, line) file_id, line, jsonb_build_object('other', other, 'name', other_name,
    'signs', array_remove(ARRAY[
        CASE WHEN same_name THEN 'name' ELSE 'spelling' END, CASE WHEN same_email THEN 'email' END,
        CASE WHEN same_phone THEN 'phone' END, CASE WHEN same_address THEN 'address' END,
        CASE WHEN same_business THEN 'business_number' END], NULL))
FROM staged_alike
WHERE same_business OR same_email::int + same_phone::int + same_address::int >= 2 OR same_email AND NOT same_name
ORDER BY file_id, line, same_email::int + same_phone::int + same_address::int DESC, other
