-- Premises that billing puts behind another transformer than the map does. Here of staged rows, before a load: a person decides of
-- them. After it, fanal/reports/network.py tells it of the records, as the map moves; a test holds that both agree.
SELECT place.file_id, place.line, jsonb_build_object('premises', place.number, 'said', place.transformer,
    'mapped', coalesce(served.transformer, point.transformer))
FROM staged_premises place JOIN staged_map_elements point ON point.element = 'connection' AND point.number = place.number
LEFT JOIN staged_map_elements served ON served.element = 'service_drop' AND served.number = point.service_drop
WHERE place.transformer <> coalesce(served.transformer, point.transformer)
