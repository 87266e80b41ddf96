-- Whether the control database answers and lets the console in. -> answers
SELECT count(*) AS answers FROM api.meter
