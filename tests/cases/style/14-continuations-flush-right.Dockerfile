FROM centos:7
RUN yum install -y epel-release                    \
    && yum install -y nginx                        \
                      python-pip                   \
    && pip install supervisor                      
EXPOSE 80
CMD ["nginx", "-g", "daemon off;"]
