// The compiled half of Asio (BOOST_ASIO_SEPARATE_COMPILATION), once for all layers.
#include <utility>

#include <boost/asio/impl/src.hpp>
