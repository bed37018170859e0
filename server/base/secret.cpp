#include "server/base/secret.hpp"

#include <openssl/crypto.h>

namespace base {

secret::~secret() {
    OPENSSL_cleanse(value_.data(), value_.size());
}

}  // namespace base
