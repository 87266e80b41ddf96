-- Archives of a VE in the making: $1 ve. Columns: name (of the enterprise).
SELECT enterprise AS name FROM archive WHERE ve = $1 AND state = 'making' ORDER BY 1
