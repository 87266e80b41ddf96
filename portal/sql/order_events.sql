-- $1 order uid -> the history, newest first
SELECT event_no, at, enterprise_id, by_party, person, action, from_state, to_state, reason
  FROM api.order_event
 WHERE order_uid = $1::uuid
 ORDER BY event_no DESC
