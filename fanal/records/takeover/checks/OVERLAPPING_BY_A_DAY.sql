-- The one who came later was there that day: the one who left is given the day before.
SELECT gone.file_id, gone.line, jsonb_build_object('other', came.number, 'premises', gone.premises,
    'starts', came.starts_on, 'ends', gone.ends_on, 'corrected', jsonb_build_object('ends_on', came.starts_on))
FROM staged_subscriptions gone JOIN staged_subscriptions came ON came.premises = gone.premises
    AND came.number <> gone.number AND came.starts_on = gone.ends_on - 1 AND came.starts_on > gone.starts_on
