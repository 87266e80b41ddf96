-- $1 those there are, as a list
SELECT meter_sources(ARRAY(SELECT jsonb_array_elements_text($1::jsonb)))
