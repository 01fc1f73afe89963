-- Delivery points of the map that no premises of the old system are: nobody was ever billed there.
-- Here of staged rows, before a load; fanal/reports/network.py tells it of the records; a test holds that both agree.
SELECT point.file_id, point.line, jsonb_build_object('number', point.number, 'address', coalesce(point.address, '—'),
    'transformer', coalesce(served.transformer, point.transformer))
FROM staged_map_elements point
LEFT JOIN staged_map_elements served ON served.element = 'service_drop' AND served.number = point.service_drop
WHERE point.element = 'connection' AND EXISTS (SELECT FROM staged_premises)
    AND NOT EXISTS (SELECT FROM staged_premises place WHERE place.number = point.number)
