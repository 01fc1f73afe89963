SELECT came.file_id, came.line, jsonb_build_object('other', min(gone.number), 'premises', came.premises,
    'starts', came.starts_on, 'ends', max(gone.ends_on))
FROM staged_subscriptions gone JOIN staged_subscriptions came ON came.premises = gone.premises
    AND (gone.starts_on, gone.number) < (came.starts_on, came.number)
    AND (gone.ends_on IS NULL OR gone.ends_on > came.starts_on + (came.starts_on > gone.starts_on)::int)
    AND (came.ends_on IS NULL OR came.ends_on > came.starts_on)
WHERE gone.ends_on IS NULL OR gone.ends_on > gone.starts_on
GROUP BY came.file_id, came.line, came.premises, came.starts_on
