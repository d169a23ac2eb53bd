s0284-----
r s BC-ROW--Standings     08-18 
^BC-ROW--Standings<
^Rowing Standings=
^By The Associated Press=
^NORTH=
^;W;L;GB
Port Ayr;23;13;_
Hull;21;15;2{
	   ___=
^Sunday's Races=
	   Ayr 7, Hull 5
	   Tarn at Ysel, 1:05 p.m.<

	   AP-WF-08-18-19 2017GMT<
