-- What ran when the daemon ended.
UPDATE job SET state = 'interrupted', ended_at = now() WHERE state = 'running'
