SELECT meter_roll()
