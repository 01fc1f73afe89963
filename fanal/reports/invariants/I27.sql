-- fr: Chaque photo de cadran a les octets de son empreinte
-- en: Each photo of a dial has the bytes of its digest
-- unit: photo, photos; photo, photos
-- looked: SELECT count(*) FROM metering_photo
-- The table refuses it too; here is seen what was changed past it, or what a disk gave back otherwise.
SELECT 'bytes_changed' AS fault, id AS photo_id, delivery_point_id, register_id, read_on, sequence
FROM metering_photo WHERE sha256 <> sha256(content)
