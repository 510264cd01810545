#pragma once

#include <caf/allowed_unsafe_message_type.hpp>

/// At the end of the header that has the message: it never leaves the process, so it needs not be serialised.
#define TRUNKLINE_LOCAL_MESSAGE(type) CAF_ALLOW_UNSAFE_MESSAGE_TYPE(trunkline::actors::type)
