W1645asian
b a BC-EU--APNewsAlert     06-29 0358
^BC-EU--APNewsAlert,17<
	   TARN, Norland (AP) _ The bridge at Tarn is closed.

	   AP-WF-06-29-17 2350GMT<


W1646asian
r a BC-EU--BridgeToll KILL  06-29 0040
^BC-EU--Bridge Toll, KILL,40<
^KILL<
^Eds: Make certain that it is not published.<
	   The bridge takes no toll.
	   AP-WF-06-29-17 2355GMT<
W1647asian
r a 

