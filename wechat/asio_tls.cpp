// The compiled half of Asio's TLS (BOOST_ASIO_SEPARATE_COMPILATION).
#include <utility>

#include <boost/asio/ssl/impl/src.hpp>
