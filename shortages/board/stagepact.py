def published():
    pass
