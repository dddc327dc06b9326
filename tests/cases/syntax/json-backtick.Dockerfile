# escape=`
FROM alpine:3.20
CMD ["a", `
 "C:\\b"]
