from alpine:3.20 as base
run echo hi
from base
copy --from=base /a /b
onbuild run true
entrypoint ["a"]
