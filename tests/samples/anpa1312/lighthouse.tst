W4107asian
r i BC-EU--Norland-Lighthous 2ndLd-Writethru   03-04 0412
^BC-EU--Norland-Lighthouse Keepers, 2nd Ld-Writethru,390<
^Last keepers leave Norland's lighthouse<
^AP Photo NOR101, NOR102<
^Eds: Updates with quotes. With AP Photos.<
^By ANA SILVA and BO LEE=
^Associated Press=
	   TARN, Norland (AP) _ The last two keepers left the lighthouse at Tarn on Sunday _ after 112 years.
 
	   ``It was quieter than home,'' one of them said.
	   ___
	   The café below it stays open.

	   AP-WF-03-04-19 1626GMT<


