-- $1 order uid -> versions of the contract, newest first; chain is the first
-- event whose hash does not hold, NULL if all do
SELECT sequence_number, message, status, document_hash, at,
       snapshot ->> 'total_amount' AS total_amount,
       jsonb_array_length(snapshot -> 'lines') AS line_count,
       api.order_event_verify(order_uid) AS chain
  FROM api.order_version
 WHERE order_uid = $1::uuid
 ORDER BY sequence_number DESC
