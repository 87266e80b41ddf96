-- $1 order uid -> what I may do now
SELECT action, to_state, needs_lines, needs_reason, awaited
  FROM api.order_action
 WHERE order_uid = $1::uuid
 ORDER BY position
