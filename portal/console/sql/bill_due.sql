-- The month that is to be closed next, or no row. -> month, is_over, ends
SELECT month, is_over, (month + interval '1 month')::date AS ends FROM api.bill_due()
