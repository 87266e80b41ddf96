-- -> the enterprises I trade with, for choosing one in the list
SELECT enterprise_id, legal_name
  FROM api.enterprise
 WHERE NOT is_me
 ORDER BY legal_name
