FrOm alpine:3.20 aS Base
RuN echo hi
FROM alpine:3.20
Copy --from=Base /a /b
