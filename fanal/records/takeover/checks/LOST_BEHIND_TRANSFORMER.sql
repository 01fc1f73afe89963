-- A transformer that is metered hands over more than its places are said to use, over the days that readings cover.
WITH covered AS (
    SELECT metered.transformer, min(metered.month) AS from_on, max(metered.month) AS to_on
    FROM staged_transformer_meters metered WHERE metered.month + 62 < (SELECT max(read_on) FROM staged_uses) GROUP BY 1
), handed AS (
    SELECT file_id, transformer, covered.from_on, covered.to_on, max(line) AS line,
        sum(kwh) FILTER (WHERE month < covered.to_on) AS kwh
    FROM staged_transformer_meters JOIN covered USING (transformer) WHERE covered.to_on > covered.from_on + 300
    GROUP BY 1, 2, 3, 4
), used AS (
    SELECT handed.transformer, count(DISTINCT place.number) AS places,
        sum(it.units * it.multiplier::numeric * (least(it.read_on, to_on) - greatest(it.read_before_on, from_on)) / it.days) AS kwh
    FROM handed JOIN staged_premises place ON place.transformer = handed.transformer
    JOIN staged_uses it ON it.premises = place.number AND it.days > 0 AND it.read_on > from_on AND it.read_before_on < to_on
    GROUP BY 1
)
SELECT file_id, line, jsonb_build_object('transformer', transformer, 'from', from_on, 'to', to_on, 'handed', handed.kwh,
    'kwh', round(used.kwh), 'lost', handed.kwh - round(used.kwh), 'percent', round(100 * (1 - used.kwh / handed.kwh), 1)::text)
FROM handed JOIN used USING (transformer)
WHERE handed.kwh > 0 AND used.kwh < handed.kwh * 0.95
