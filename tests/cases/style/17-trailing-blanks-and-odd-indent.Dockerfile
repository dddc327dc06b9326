FROM debian:13   
  RUN apt-get update   &&   apt-get install -y   curl   
	ENV   A   b c  
    ADD   a.txt   /a.txt   
 CMD   [ "cat" , "/a.txt" ]   
