-- Three readings or more without a unit, up to the last one, at premises that used some, and that somebody pays for.
WITH numbered AS (
    SELECT *, count(*) FILTER (WHERE units <> 0) OVER later AS used_later FROM staged_uses
    WHERE type IN ('REAL', 'FINAL', 'CUSTOMER') AND days > 20
    WINDOW later AS (PARTITION BY premises, meter ORDER BY read_on DESC, line DESC)
)
SELECT meter.file_id, meter.line, jsonb_build_object('meter', meter.serial, 'premises', meter.premises,
    'since', min(read_before_on), 'readings', count(*))
FROM numbered JOIN staged_meters meter ON meter.serial = numbered.meter AND meter.premises = numbered.premises
WHERE used_later = 0 AND meter.removed_on IS NULL AND EXISTS (
    SELECT FROM staged_subscriptions WHERE premises = meter.premises AND ends_on IS NULL)
GROUP BY meter.file_id, meter.line, meter.serial, meter.premises HAVING count(*) >= 3
