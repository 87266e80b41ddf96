-- $1 a bill, as bill_of_ve gives it -> added, whether it is new
SELECT admin.publish_bill($1::jsonb) AS added
