FROM ruby:3.4


MAINTAINER "Grace Hopper" <grace@example.org>


ENV BUNDLE_PATH /gems


ADD Gemfile Gemfile.lock /app/


WORKDIR /app


RUN gem install bundler


RUN bundle install


ADD . /app


CMD bundle exec puma
