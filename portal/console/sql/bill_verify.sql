-- $1 month -> is_kept: nobody changed it, is_reproduced: ledger and prices still give it
SELECT is_kept, is_reproduced FROM api.bill_verify($1::date)
